<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="en" title="Your data is ready">
<p>Hello<#if body.greeting?has_content> ${body.greeting}</#if>,</p>
<p>Your personal data is ready.</p>
<@layout.button link=body.link>Download your data</@layout.button>
<p>The link works until <strong>${body.expiresAt}</strong>. Then the file is deleted; you can ask again at any time.</p>
<p>Everybody who has this link can download your data. Please do not forward this mail.</p>
<p>Open the ZIP file and start with <em>index.html</em>.</p>
<@layout.small>Your request: ${body.requestId}</@layout.small>
</@layout.mail>
