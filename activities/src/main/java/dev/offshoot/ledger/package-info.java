/** Offshoot's own database: branch registry and change sets, with versioned migrations. */
@NullMarked
package dev.offshoot.ledger;

import org.jspecify.annotations.NullMarked;
