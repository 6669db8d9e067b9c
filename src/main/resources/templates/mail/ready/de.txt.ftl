Guten Tag<#if body.greeting?has_content> ${body.greeting}</#if>,

<#if body.links?size == 1>
Ihre personenbezogenen Daten liegen bereit. Hier können Sie sie herunterladen:

${body.links[0]}

Der Link gilt bis zum ${body.expiresAt}. Danach wird die Datei gelöscht; Sie können jederzeit erneut anfragen.

Wer diesen Link hat, kann Ihre Daten herunterladen. Bitte leiten Sie diese E-Mail nicht weiter.

Öffnen Sie die ZIP-Datei und beginnen Sie mit index.html.
<#else>
Ihre personenbezogenen Daten liegen bereit. Es sind so viele, dass sie in ${body.links?size?c} ZIP-Dateien kommen. Laden Sie alle herunter:

<#list body.links as link>
Teil ${link?counter?c} von ${body.links?size?c} (${body.sizes[link?index]}):
${link}

</#list>
Die Links gelten bis zum ${body.expiresAt}. Danach werden die Dateien gelöscht; Sie können jederzeit erneut anfragen.

Wer diese Links hat, kann Ihre Daten herunterladen. Bitte leiten Sie diese E-Mail nicht weiter.

Entpacken Sie alle ZIP-Dateien in denselben Ordner, wo sie ${body.unpackedSize} brauchen, und beginnen Sie dort mit index.html.
</#if>

Ihre Anfrage: ${body.requestId}
