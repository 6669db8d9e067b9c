<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="de" title="Ihre Daten werden nicht gelöscht">
<p>Guten Tag<#if body.greeting?has_content> ${body.greeting}</#if>,</p>
<p>Sie haben uns gebeten, Ihre personenbezogenen Daten zu löschen. Wir löschen sie nicht. Das ist der Grund:</p>
<blockquote style="margin:16px 0;padding:8px 16px;border-left:3px solid #d8dee6;white-space:pre-wrap">${body.reason}</blockquote>
<p>Es ist nichts verändert worden. Wenn Sie das für falsch halten, können Sie sich bei einer Aufsichtsbehörde beschweren<#if body.authority?has_content> (${body.authority})</#if>, und Sie können vor Gericht gehen (Artikel 77 und 79 DSGVO). Sie können auch auf diese E-Mail antworten<#if body.contact?has_content> oder an ${body.contact} schreiben</#if>.</p>
<@layout.small>Ihre Anfrage: ${body.requestId}</@layout.small>
</@layout.mail>
