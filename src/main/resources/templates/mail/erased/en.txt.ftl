Hello<#if body.greeting?has_content> ${body.greeting}</#if>,

<#if body.kept?size == 0 && body.changed>
Your personal data was erased on ${body.erasedAt}. Afterwards we looked for it
again in every place and did not find it.
<#elseif body.kept?size == 0>
We looked in every place and found nothing of you that could be erased.
<#else>
<#if body.changed>
Your personal data was erased on ${body.erasedAt}, except for what the law makes
us or lets us keep. Afterwards we looked again in every place. This is still
there:
<#else>
Nothing was erased on ${body.erasedAt}, because the law makes us or lets us keep
what we have of you. We looked in every place. This is there:
</#if>

<#list body.kept as kept>
- ${kept.title}, records: ${kept.rows}. ${kept.ground}<#if kept.article??> (${kept.article})</#if>. Until: ${kept.until}.
</#list>

If you think that this is wrong, you can complain to a supervisory authority<#if body.authority?has_content>
(${body.authority})</#if> and go to court.
</#if>

<#if body.replaced?has_content>
These records are still there, but without you: what pointed to you in them was replaced.

<#list body.replaced as replaced>
- ${replaced.title}: values were replaced ${replaced.records}<#if replaced.columns?has_content> (${replaced.columns})</#if>.
</#list>

</#if>
<#if body.packageGoesAt??>
A copy of your data that you had asked for can be downloaded until ${body.packageGoesAt}. Then it
is deleted too.

</#if>
The certificate is attached: as a page to read, and as a signed file (JSON) with
which you can prove it. Please keep both.

We tell those to whom we had given the data, as far as we are obliged to
(Article 19 GDPR). If you want to know who they are, answer this mail.

Your request: ${body.requestId}
