<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="en" title="Your data has been erased">
<p>Hello<#if body.greeting?has_content> ${body.greeting}</#if>,</p>
<#if body.kept?size == 0>
<p>Your personal data was erased on ${body.erasedAt}. Afterwards we looked for it again in every place and did not find it.</p>
<#else>
<p>Your personal data was erased on ${body.erasedAt}, except for what the law makes us or lets us keep. Afterwards we looked again in every place. This is still there:</p>
<ul>
<#list body.kept as kept>
<li><strong>${kept.title}</strong>, records: ${kept.rows}. ${kept.ground}<#if kept.article??> (Article ${kept.article} GDPR)</#if>. Until: ${kept.until}.</li>
</#list>
</ul>
<p>If you think that this is wrong, you can complain to a supervisory authority<#if body.authority?has_content> (${body.authority})</#if> and go to court.</p>
</#if>
<p>The certificate is attached: as a page to read, and as a signed file (JSON) with which you can prove it. Please keep both.</p>
<p>We tell those to whom we had given the data, as far as we are obliged to (Article 19 GDPR). If you want to know who they are, answer this mail.</p>
<@layout.small>Your request: ${body.requestId}</@layout.small>
</@layout.mail>
