<#if body.changed>Your data has been erased<#else>Your request for erasure is done</#if>
