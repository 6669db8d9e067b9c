<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="en" title="Your answer takes longer">
<p>Hello<#if body.greeting?has_content> ${body.greeting}</#if>,</p>
<p>You asked us about your personal data. We had until ${body.formerDueAt} to answer, and we need longer: you have our answer by <strong>${body.dueAt}</strong> at the latest. This is the reason:</p>
<blockquote style="margin:16px 0;padding:8px 16px;border-left:3px solid #d8dee6;white-space:pre-wrap">${body.reason}</blockquote>
<p>The law allows us to take up to two more months where a request is complex or there are many (Article 12(3) GDPR). If you think that this is wrong, you can complain to a supervisory authority, and you can go to court (Articles 77 and 79 GDPR). You can also answer this mail<#if body.contact?has_content> or write to ${body.contact}</#if>.</p>
<@layout.small>Your request: ${body.requestId}</@layout.small>
</@layout.mail>
