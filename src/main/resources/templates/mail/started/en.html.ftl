<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="en" title="We have started to collect your data">
<p>Hello<#if body.greeting?has_content> ${body.greeting}</#if>,</p>
<p>You asked for a copy of your personal data. We have started to collect it.</p>
<p>You need to do nothing. When your data is ready, we send you a second mail with a link to download it, at the latest on <strong>${body.dueAt}</strong>.</p>
<p>If you did not ask for this, please answer this mail. Nobody but you gets the link.</p>
<@layout.small>Your request: ${body.requestId}</@layout.small>
</@layout.mail>
