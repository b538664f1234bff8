/** How the worker finds its Temporal server, waits for it and makes it ready. */
@NullMarked
package dev.offshoot.worker.temporal;

import org.jspecify.annotations.NullMarked;
