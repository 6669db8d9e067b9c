/** What the mails to a person say. */
package io.themis.notification;
