<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="en" title="We have your request for erasure">
<p>Hello<#if body.greeting?has_content> ${body.greeting}</#if>,</p>
<p>You asked us to erase your personal data. We are now looking for all of it.</p>
<p>Before anything is erased, people who are responsible for data protection look at what will go and what the law makes us keep. You need to do nothing.</p>
<p><#if body.copyFirst>You also asked for a copy of your data first. The erasure waits for it: one mail tells you where to download the copy, and a later one that the erasure is done.<#else>We mail you when it is done.</#if> You hear from us at the latest on <strong>${body.dueAt}</strong>.</p>
<p>If you did not ask for this, please answer this mail at once: what has been erased can't be brought back.</p>
<@layout.small>Your request: ${body.requestId}</@layout.small>
</@layout.mail>
