"""Prints the version of boto3, as a sign that it is installed."""

import boto3

print("boto3", boto3.__version__)
