/** Tests of the janitor against real servers. */
@NullMarked
package dev.offshoot.worker.janitor;

import org.jspecify.annotations.NullMarked;
