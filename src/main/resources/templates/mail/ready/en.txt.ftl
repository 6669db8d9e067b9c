Hello<#if body.greeting?has_content> ${body.greeting}</#if>,

<#if body.links?size == 1>
Your personal data is ready. Download it here:

${body.links[0]}

The link works until ${body.expiresAt}. Then the file is deleted; you can ask again at any time.

Everybody who has this link can download your data. Please do not forward this mail.

Open the ZIP file and start with index.html.
<#else>
Your personal data is ready. There is so much of it that it comes in ${body.links?size?c} ZIP files. Download all of them:

<#list body.links as link>
Part ${link?counter?c} of ${body.links?size?c} (${body.sizes[link?index]}):
${link}

</#list>
The links work until ${body.expiresAt}. Then the files are deleted; you can ask again at any time.

Everybody who has these links can download your data. Please do not forward this mail.

Unpack all ZIP files into the same folder, where they need ${body.unpackedSize}, and start with index.html there.
</#if>

Your request: ${body.requestId}
