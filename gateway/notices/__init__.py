"""Notices: whoever reported, follows or handles an issue is told what becomes of it, in an inbox and over channels of their own."""
