Hello,

We had given you personal data of this person:

${body.emailAddress}

On ${body.erasedAt} we <#if body.erased>erased it<#if body.replaced>, or took the person out of it where this is said below</#if><#else>took the person out of it</#if>, because the person has the right to that
(Article 17 GDPR). We have to tell you so (Article 19 GDPR). Please erase it too,
and every link to it and copy of it, unless the law makes you keep it.
<#if body.kinds?has_content>

It was:

<#list body.kinds as kind>
- ${kind.title}: ${kind.categories?join("; ")}<#if kind.replaced??>. Values were replaced ${kind.replaced}<#if kind.columns?has_content> (${kind.columns})</#if>, which stay<#if kind.erased>; others were erased</#if></#if>
</#list>
</#if>

Please confirm by answering this mail, without changing its subject. If you call
our interface, confirm with
POST ${body.receipt}

<#if body.controller?has_content>${body.controller}, </#if><#if body.contact?has_content>${body.contact}, </#if>notice ${body.number} of request ${body.requestId}
