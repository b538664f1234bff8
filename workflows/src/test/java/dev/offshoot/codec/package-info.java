@NullMarked
package dev.offshoot.codec;

import org.jspecify.annotations.NullMarked;
