<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="en" title=body.changed?then("Your data has been erased", "Your request for erasure is done")>
<p>Hello<#if body.greeting?has_content> ${body.greeting}</#if>,</p>
<#if body.kept?size == 0 && body.changed>
<p>Your personal data was erased on ${body.erasedAt}. Afterwards we looked for it again in every place and did not find it.</p>
<#elseif body.kept?size == 0>
<p>We looked in every place and found nothing of you that could be erased.</p>
<#else>
<#if body.changed>
<p>Your personal data was erased on ${body.erasedAt}, except for what the law makes us or lets us keep. Afterwards we looked again in every place. This is still there:</p>
<#else>
<p>Nothing was erased on ${body.erasedAt}, because the law makes us or lets us keep what we have of you. We looked in every place. This is there:</p>
</#if>
<ul>
<#list body.kept as kept>
<li><strong>${kept.title}</strong>, records: ${kept.rows}. ${kept.ground}<#if kept.article??> (${kept.article})</#if>. Until: ${kept.until}.</li>
</#list>
</ul>
<p>If you think that this is wrong, you can complain to a supervisory authority<#if body.authority?has_content> (${body.authority})</#if> and go to court.</p>
</#if>
<#if body.replaced?has_content>
<p>These records are still there, but without you: what pointed to you in them was replaced.</p>
<ul>
<#list body.replaced as replaced>
<li><strong>${replaced.title}</strong>: values were replaced ${replaced.records}<#if replaced.columns?has_content> (${replaced.columns})</#if>.</li>
</#list>
</ul>
</#if>
<#if body.packageGoesAt??>
<p>A copy of your data that you had asked for can be downloaded until ${body.packageGoesAt}. Then it is deleted too.</p>
</#if>
<p>The certificate is attached: as a page to read, and as a signed file (JSON) with which you can prove it. Please keep both.</p>
<p>We tell those to whom we had given the data, as far as we are obliged to (Article 19 GDPR). If you want to know who they are, answer this mail.</p>
<@layout.small>Your request: ${body.requestId}</@layout.small>
</@layout.mail>
