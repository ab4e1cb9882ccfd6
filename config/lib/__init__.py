"""The shared kernel: pure building blocks that every app may import and that import no app."""
