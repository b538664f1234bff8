/**
 * What Offshoot talks about: records that cross Temporal, closed vocabularies, and the rules that
 * make a record valid.
 *
 * <p>Everything here is immutable and thread-safe, reads as JSON by a person in the Temporal UI,
 * and knows neither Temporal nor Spring. Fields are only ever added.
 */
@NullMarked
package dev.offshoot.domain;

import org.jspecify.annotations.NullMarked;
