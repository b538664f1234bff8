/** Tests of finding a Temporal server, waiting for it and making it ready. */
@NullMarked
package dev.offshoot.worker.temporal;

import org.jspecify.annotations.NullMarked;
