"""Runs every test of the Chime API with boto3, in the data folder of a running server."""

import unittest

from chime import operations, refused, settings, signatures, tenants

if __name__ == "__main__":
    loader = unittest.defaultTestLoader
    modules = (operations, refused, settings, signatures, tenants)
    suite = unittest.TestSuite(loader.loadTestsFromModule(module) for module in modules)
    result = unittest.TextTestRunner(verbosity=0).run(suite)
    raise SystemExit(0 if result.wasSuccessful() and result.testsRun > 25 else 1)
