/**
 * Pages in a real browser: Chromium without a window, cut off from all but the site that is visited. A test class asks for
 * it with {@link io.themis.browser.InBrowser}.
 */
package io.themis.browser;
