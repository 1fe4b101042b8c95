"""What browsers report as forbidden by the content security policy: counted, nobody named."""
