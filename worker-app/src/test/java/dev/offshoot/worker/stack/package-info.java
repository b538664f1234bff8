/** Tests of the stack's servers, on the real programs. */
@NullMarked
package dev.offshoot.worker.stack;

import org.jspecify.annotations.NullMarked;
