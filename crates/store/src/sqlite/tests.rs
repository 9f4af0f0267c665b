//! What only this backend has: folders, files, tampering.
