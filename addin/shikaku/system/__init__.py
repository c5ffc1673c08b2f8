"""What the machine gives: files saved whole, temporary files, locks, processes, passwords, logs.

Every door to the disk and to other processes is here. Never a sheet, a person or a letter.
"""
