Guten Tag<#if body.greeting?has_content> ${body.greeting}</#if>,

Ihre personenbezogenen Daten liegen bereit. Hier können Sie sie herunterladen:

${body.link}

Der Link gilt bis zum ${body.expiresAt}. Danach wird die Datei gelöscht; Sie können jederzeit erneut anfragen.

Wer diesen Link hat, kann Ihre Daten herunterladen. Bitte leiten Sie diese E-Mail nicht weiter.

Öffnen Sie die ZIP-Datei und beginnen Sie mit index.html.

Ihre Anfrage: ${body.requestId}
