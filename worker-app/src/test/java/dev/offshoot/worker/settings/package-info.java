/** Tests of the worker's configuration. */
@NullMarked
package dev.offshoot.worker.settings;

import org.jspecify.annotations.NullMarked;
