/** The data map: which datasets the company keeps, which keys name a person in them, and how they depend on each other. */
package io.themis.datamap;
