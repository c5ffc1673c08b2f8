"""shikaku: health-insurance eligibility filings, certificates, letters and returns."""

__version__ = "0.2.0"
