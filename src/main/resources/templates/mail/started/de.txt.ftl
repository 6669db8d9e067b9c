Guten Tag<#if body.greeting?has_content> ${body.greeting}</#if>,

Sie haben um eine Kopie Ihrer personenbezogenen Daten gebeten. Wir haben begonnen, sie zusammenzustellen.

Sie müssen nichts weiter tun. Sobald Ihre Daten bereitliegen, erhalten Sie eine zweite E-Mail mit einem Link
zum Herunterladen, spätestens am ${body.dueAt}.

Falls Sie nicht darum gebeten haben, antworten Sie bitte auf diese E-Mail. Den Link bekommt niemand außer Ihnen.

Ihre Anfrage: ${body.requestId}
