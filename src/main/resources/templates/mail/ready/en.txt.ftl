Hello<#if body.greeting?has_content> ${body.greeting}</#if>,

Your personal data is ready. Download it here:

${body.link}

The link works until ${body.expiresAt}. Then the file is deleted; you can ask again at any time.

Everybody who has this link can download your data. Please do not forward this mail.

Open the ZIP file and start with index.html.

Your request: ${body.requestId}
