Hello<#if body.greeting?has_content> ${body.greeting}</#if>,

You asked us to erase your personal data. We are now looking for all of it.

Before anything is erased, people who are responsible for data protection look
at what will go and what the law makes us keep. You need to do nothing.

<#if body.copyFirst>
You also asked for a copy of your data first. The erasure waits for it: one mail
tells you where to download the copy, and a later one that the erasure is done.
<#else>
We mail you when it is done.
</#if>
You hear from us at the latest on ${body.dueAt}.

If you did not ask for this, please answer this mail at once: what has been
erased can't be brought back.

Your request: ${body.requestId}
