/**
 * Where to look: which tables and which schema an experiment touched, as the server itself counts
 * it. The log says where to look and never what is true; that is for base and branch to say.
 */
@NullMarked
package dev.offshoot.changelog;

import org.jspecify.annotations.NullMarked;
