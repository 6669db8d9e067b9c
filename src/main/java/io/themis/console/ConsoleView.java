package io.themis.console;

import org.apache.camel.StaticService;

/**
 * A bean whose attributes the console shows: a service among Camel's own, under the name of its class. It is public, and says
 * by Camel's annotations what is shown of it.
 */
public interface ConsoleView extends StaticService {}
