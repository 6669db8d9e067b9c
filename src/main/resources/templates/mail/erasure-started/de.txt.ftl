Guten Tag<#if body.greeting?has_content> ${body.greeting}</#if>,

Sie haben uns gebeten, Ihre personenbezogenen Daten zu löschen. Wir suchen sie jetzt zusammen.

Bevor etwas gelöscht wird, sehen sich Menschen, die für den Datenschutz verantwortlich sind, an, was gelöscht
wird und was wir von Gesetzes wegen behalten müssen. Sie müssen nichts weiter tun. Sie erhalten eine zweite
E-Mail, wenn es getan ist, spätestens am ${body.dueAt}.

Falls Sie nicht darum gebeten haben, antworten Sie bitte sofort auf diese E-Mail: Was gelöscht ist, kommt nicht
zurück.

Ihre Anfrage: ${body.requestId}
