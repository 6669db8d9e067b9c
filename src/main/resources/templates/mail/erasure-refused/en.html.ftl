<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="en" title="Your data will not be erased">
<p>Hello<#if body.greeting?has_content> ${body.greeting}</#if>,</p>
<p>You asked us to erase your personal data. We do not erase it. This is the reason:</p>
<blockquote style="margin:16px 0;padding:8px 16px;border-left:3px solid #d8dee6;white-space:pre-wrap">${body.reason}</blockquote>
<p>Nothing has been changed. If you think that this is wrong, you can complain to a supervisory authority<#if body.authority?has_content> (${body.authority})</#if>, and you can go to court (Articles 77 and 79 GDPR). You can also answer this mail<#if body.contact?has_content> or write to ${body.contact}</#if>.</p>
<@layout.small>Your request: ${body.requestId}</@layout.small>
</@layout.mail>
