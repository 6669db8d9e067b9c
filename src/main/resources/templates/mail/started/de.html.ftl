<#ftl output_format="HTML">
<#import "../layout.ftl" as layout>
<@layout.mail language="de" title="Wir haben begonnen, Ihre Daten zusammenzustellen">
<p>Guten Tag<#if body.greeting?has_content> ${body.greeting}</#if>,</p>
<p>Sie haben um eine Kopie Ihrer personenbezogenen Daten gebeten. Wir haben begonnen, sie zusammenzustellen.</p>
<p>Sie müssen nichts weiter tun. Sobald Ihre Daten bereitliegen, erhalten Sie eine zweite E-Mail mit einem Link zum Herunterladen, spätestens am <strong>${body.dueAt}</strong>.</p>
<p>Falls Sie nicht darum gebeten haben, antworten Sie bitte auf diese E-Mail. Den Link bekommt niemand außer Ihnen.</p>
<@layout.small>Ihre Anfrage: ${body.requestId}</@layout.small>
</@layout.mail>
