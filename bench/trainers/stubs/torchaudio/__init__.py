"""Stands where LLaMA-Factory imports torchaudio; no row has sound."""
