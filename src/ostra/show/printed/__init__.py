"""What is printed: the page of one assessment, the volume of several, PDF and workbook."""
