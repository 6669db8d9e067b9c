Guten Tag<#if body.greeting?has_content> ${body.greeting}</#if>,

Sie haben sich wegen Ihrer personenbezogenen Daten an uns gewandt. Wir hatten bis
${body.formerDueAt} Zeit zu antworten und brauchen länger: Sie haben unsere Antwort
spätestens am ${body.dueAt}. Das ist der Grund:

${body.reason}

Das Gesetz erlaubt bis zu zwei weitere Monate, wenn eine Anfrage komplex ist oder es viele sind
(Artikel 12 Absatz 3 DSGVO). Wenn Sie das für falsch halten, können Sie sich bei einer
Aufsichtsbehörde beschweren, und Sie können vor Gericht gehen (Artikel 77 und 79 DSGVO). Sie können
auch auf diese E-Mail antworten<#if body.contact?has_content> oder an ${body.contact} schreiben</#if>.

Ihre Anfrage: ${body.requestId}
