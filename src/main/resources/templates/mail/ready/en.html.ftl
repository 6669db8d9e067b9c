<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="en" title="Your data is ready">
<p>Hello<#if body.greeting?has_content> ${body.greeting}</#if>,</p>
<#if body.links?size == 1>
<p>Your personal data is ready.</p>
<@layout.button link=body.links[0]>Download your data</@layout.button>
<p>The link works until <strong>${body.expiresAt}</strong>. Then the file is deleted; you can ask again at any time.</p>
<p>Everybody who has this link can download your data. Please do not forward this mail.</p>
<p>Open the ZIP file and start with <em>index.html</em>.</p>
<#else>
<p>Your personal data is ready. There is so much of it that it comes in ${body.links?size?c} ZIP files. Download all of them:</p>
<#list body.links as link>
<@layout.button link=link>Download part ${link?counter?c} of ${body.links?size?c} (${body.sizes[link?index]})</@layout.button>
</#list>
<p>The links work until <strong>${body.expiresAt}</strong>. Then the files are deleted; you can ask again at any time.</p>
<p>Everybody who has these links can download your data. Please do not forward this mail.</p>
<p>Unpack all ZIP files into the same folder, where they need ${body.unpackedSize}, and start with <em>index.html</em> there.</p>
</#if>
<@layout.small>Your request: ${body.requestId}</@layout.small>
</@layout.mail>
