<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="en" title="Personal data was erased: please do the same">
<p>Hello,</p>
<p>We had given you personal data of this person: <strong>${body.emailAddress}</strong></p>
<p>On ${body.erasedAt} we erased it, because the person has the right to that (Article 17 GDPR). We have to tell you so (Article 19 GDPR). Please erase it too, and every link to it and copy of it, unless the law makes you keep it.</p>
<#if body.kinds?has_content>
<p>It was:</p>
<ul>
<#list body.kinds as kind>
<li>${kind.title}: ${kind.categories?join("; ")}</li>
</#list>
</ul>
</#if>
<p>Please confirm by answering this mail, without changing its subject. If you call our interface, confirm with <code>POST /api/v1/requests/${body.requestId}/recipients/${body.number}/receipt</code>.</p>
<@layout.small><#if body.controller?has_content>${body.controller}. </#if><#if body.contact?has_content>${body.contact}. </#if>Notice ${body.number} of request ${body.requestId}</@layout.small>
</@layout.mail>
