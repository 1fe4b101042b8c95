"""The commands of `./doudi`, one module each; loaded only when they are asked for."""
