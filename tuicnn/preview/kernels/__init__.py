"""Kernels: pure functions from arrays to arrays, of any rank.

They never see a layer, a network, or a thread.
"""
