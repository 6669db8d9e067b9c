Hello<#if body.greeting?has_content> ${body.greeting}</#if>,

You asked us to erase your personal data. We do not erase it. This is the reason:

${body.reason}

Nothing has been changed. If you think that this is wrong, you can complain to a
supervisory authority<#if body.authority?has_content> (${body.authority})</#if>,
and you can go to court (Articles 77 and 79 GDPR). You can also answer this
mail<#if body.contact?has_content> or write to ${body.contact}</#if>.

Your request: ${body.requestId}
