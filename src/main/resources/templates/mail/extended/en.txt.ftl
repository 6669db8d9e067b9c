Hello<#if body.greeting?has_content> ${body.greeting}</#if>,

You asked us about your personal data. We had until ${body.formerDueAt} to answer, and we need
longer: you have our answer by ${body.dueAt} at the latest. This is the reason:

${body.reason}

The law allows us to take up to two more months where a request is complex or there are many
(Article 12(3) GDPR). If you think that this is wrong, you can complain to a supervisory authority,
and you can go to court (Articles 77 and 79 GDPR). You can also answer this mail<#if body.contact?has_content> or write to
${body.contact}</#if>.

Your request: ${body.requestId}
