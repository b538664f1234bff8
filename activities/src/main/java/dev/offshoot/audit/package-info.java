/** What is kept of experiments that have ended. */
@NullMarked
package dev.offshoot.audit;

import org.jspecify.annotations.NullMarked;
