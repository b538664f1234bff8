/**
 * The command line. One class per command ({@code …Command}); {@link dev.offshoot.cli.Offshoot} is
 * the way in. It speaks to Temporal only and knows no database.
 */
@NullMarked
package dev.offshoot.cli;

import org.jspecify.annotations.NullMarked;
