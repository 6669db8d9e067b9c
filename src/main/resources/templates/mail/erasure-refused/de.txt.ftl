Guten Tag<#if body.greeting?has_content> ${body.greeting}</#if>,

Sie haben uns gebeten, Ihre personenbezogenen Daten zu löschen. Wir löschen sie nicht. Das ist der Grund:

${body.reason}

Es ist nichts verändert worden. Wenn Sie das für falsch halten, können Sie sich bei einer Aufsichtsbehörde
beschweren<#if body.authority?has_content> (${body.authority})</#if>, und Sie können vor Gericht gehen
(Artikel 77 und 79 DSGVO). Sie können auch auf diese E-Mail antworten<#if body.contact?has_content> oder an
${body.contact} schreiben</#if>.

Ihre Anfrage: ${body.requestId}
