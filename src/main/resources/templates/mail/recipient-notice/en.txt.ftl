Hello,

We had given you personal data of this person:

${body.emailAddress}

On ${body.erasedAt} we erased it, because the person has the right to that
(Article 17 GDPR). We have to tell you so (Article 19 GDPR). Please erase it too,
and every link to it and copy of it, unless the law makes you keep it.
<#if body.kinds?has_content>

It was:

<#list body.kinds as kind>
- ${kind.title}: ${kind.categories?join("; ")}
</#list>
</#if>

Please confirm by answering this mail, without changing its subject. If you call
our interface, confirm with
POST /api/v1/requests/${body.requestId}/recipients/${body.number}/receipt

<#if body.controller?has_content>${body.controller}. </#if><#if body.contact?has_content>${body.contact}. </#if>Notice ${body.number} of request ${body.requestId}
