Hello<#if body.greeting?has_content> ${body.greeting}</#if>,

You asked for a copy of your personal data. We have started to collect it.

You need to do nothing. When your data is ready, we send you a second mail with
a link to download it, at the latest on ${body.dueAt}.

If you did not ask for this, please answer this mail. Nobody but you gets the link.

Your request: ${body.requestId}
