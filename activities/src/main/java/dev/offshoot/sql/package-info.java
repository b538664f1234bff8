/**
 * What every room that speaks to Postgres shares: quoting, error translation, session settings, the
 * catalog as Offshoot reads it. Knows nothing of experiments.
 */
@NullMarked
package dev.offshoot.sql;

import org.jspecify.annotations.NullMarked;
