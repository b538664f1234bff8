/**
 * Change sets as people read them: values, names, definitions and SQL as text in which nothing
 * hides. Pure functions of the domain's records; the command line and the Temporal UI share them.
 */
@NullMarked
package dev.offshoot.text;

import org.jspecify.annotations.NullMarked;
